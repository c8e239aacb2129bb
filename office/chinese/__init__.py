"""The office's habits: names, stroke order, pinyin, dates, numbers, masking, working days."""
