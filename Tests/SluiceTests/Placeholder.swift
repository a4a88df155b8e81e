import Testing

@Suite struct SluicePlaceholder {}
