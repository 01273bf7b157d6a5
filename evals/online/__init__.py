"""What people really asked, as candidates for cases: redacted, and a case only by a person's yes."""
