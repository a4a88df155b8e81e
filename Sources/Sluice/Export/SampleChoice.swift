// Whether an asset belongs to the sample that is kept.

internal import Hashing

/// The first eight bytes of a SHA-256, big-endian: anybody can work it out again.
struct SampleHash {
  private var sum = SHA256()

  mutating func add(_ bytes: Span<UInt8>) {
    sum.update(bytes)
  }

  var value: UInt64 { sum.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}

extension AssetFacts {
  /// What the asset is known by: its task's `taskId`, else its `externalId`; nil if it has neither.
  private var sampleKey: [UInt8]? {
    for name in [task(at: 0).taskId.text, externalId] {
      if let name, !name.isEmpty { return name }
    }
    return nil
  }

  /// Finds out whether the asset belongs to a sample.
  ///
  /// - Parameters:
  ///   - sample: The share that is kept; nil for all.
  ///   - range: Where the asset is.
  ///   - bytes: Its bytes, which stand for an asset without a name; if nil, such an asset is no part of it.
  /// - Throws: What visiting the bytes throws.
  mutating func choose(_ sample: AssetSample?, at range: Range<Int>, in bytes: (any ElementBytes)?) throws {
    guard let sample else { return }
    var hash = SampleHash()
    if let key = sampleKey {
      hash.add(key.span)
    } else {
      guard let bytes else { return isOutOfSample = true }
      try bytes.visit(range) { bytes, _ in hash.add(bytes) }
    }
    isOutOfSample = !sample.holds(hash.value)
  }

  /// The same while the asset is being read, as long as its first task has told its name.
  ///
  /// - Returns: Whether it is known.
  mutating func chooseEarly(_ sample: AssetSample?) -> Bool {
    guard sample != nil else { return true }
    guard task(at: 0).taskId.text?.isEmpty == false else { return false }
    // Without bytes nothing is read, so nothing is thrown.
    return (try? choose(sample, at: 0..<0, in: nil)) != nil
  }
}
