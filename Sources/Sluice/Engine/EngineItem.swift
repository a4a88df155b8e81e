// What goes into an engine and what comes out of it, whichever of the two it is.

internal import Sharding

/// Where an engine starts to read.
struct EngineStart: Sendable {
  var offset: Int
  var gap: Gap
  var line: LineAnchor
  /// What is to be done with the element there, if it is a giant that has been walked through before.
  var pass: GiantPass?
}

/// What the engine finds, in the order of the input.
enum EngineItem: Sendable {
  /// Elements that lie one after another, or further rows of the last of them.
  case assets(AssetBatch)
  /// A part of an element too big to be held. It is big, and other items would be as big with it.
  indirect case giant(GiantItem)
  /// A byte that cannot stand between elements, or the input's end where it may not end.
  case anomaly(UnexpectedByte)
  /// Reading failed.
  case failure(any Error)
  /// The input has been read to its end.
  case end(offset: Int)
}

/// What the receiver of an item says.
enum Delivery: Sendable {
  case goOn
  case stop
}
