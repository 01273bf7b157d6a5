"""The port on the referrals API of Microsoft Partner Center, as its developer pages describe it."""
