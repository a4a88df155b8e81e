import Testing

@Suite struct JSONEventsPlaceholder {}
