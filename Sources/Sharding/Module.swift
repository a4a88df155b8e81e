enum ShardingModule {}
