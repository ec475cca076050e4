"""``architecture="flow"``: waveforms by flow matching."""
