// What plugs into the scanner of annotations: columns note where values are, inspecting counts pages and users.

internal import ByteScan
internal import JSONEvents

/// What is read of an annotation beside its title and tool.
protocol AnnotationDetails {
  /// Begins an annotation.
  mutating func begin()

  /// Notes a key of the annotation or of its `metadata`, whose number is `key`.
  ///
  /// The tokens are not changed; they are `inout` here, as a copy would count a dozen references for each key.
  ///
  /// - Returns: Whether it could be noted; else a parser reads the annotation.
  mutating func note(
    key: Int, of place: InspectedPlace, at start: Int, _ tokens: inout AnnotationTokens
  ) -> Bool

  /// Reads the value of a key that is no text.
  ///
  /// - Returns: nil if nothing is wanted of it; the value is then passed over.
  mutating func read(
    _ key: Int, _ tokens: inout AnnotationTokens, _ cursor: inout TokenCursor
  ) -> TokenCursor.Verdict?

  /// Notes the number of a member's text.
  mutating func note(_ member: AnnotationMember, text: Int)

  /// Notes where the value of a member is.
  mutating func note(_ member: AnnotationMember, _ range: Range<Int>)

  /// Counts the annotation, which is whole.
  mutating func count()

  /// Hands over what was counted since the last time.
  mutating func flush(to findings: inout ListFindings, _ tokens: AnnotationTokens)

  /// Forgets the numbers of keys.
  mutating func forgetKeys()
}
