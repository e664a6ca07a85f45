"""What a proposal says and how it leaves: contents and fingerprints, rendering, sealing, verification."""
