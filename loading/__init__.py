"""From files into tables; what is loaded is committed by whoever asks for it."""
