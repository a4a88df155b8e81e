import Testing

@Suite struct ByteScanPlaceholder {}
