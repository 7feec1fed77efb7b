"""Mail, mailboxes, Outlook messages and calendars."""
