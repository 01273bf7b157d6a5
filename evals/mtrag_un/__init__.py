"""Answer, decline or ask back: what a conversation's last question calls for, on MTRAG-UN."""
