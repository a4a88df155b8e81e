enum JSONEventsModule {}
