int cbytescan_placeholder(void) { return 0; }
