"""What programs write as text: tables, JSON, XML, notebooks, source code, subtitles."""
