import Testing

@Suite struct ShardingPlaceholder {}
