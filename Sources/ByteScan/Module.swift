enum ByteScanModule {}
