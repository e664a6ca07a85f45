"""What the API takes and gives. Input and output are separate, every field is named, nothing is written here."""
