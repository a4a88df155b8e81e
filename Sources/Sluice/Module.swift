enum SluiceModule {}
