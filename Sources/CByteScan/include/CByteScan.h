#pragma once
int cbytescan_placeholder(void);
