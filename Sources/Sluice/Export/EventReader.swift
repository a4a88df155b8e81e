// What readers of parse events have in common: a state that each event changes, in memory of its own.
//
// A parser can only hold a class, and the runtime checks every access to a class's property that it cannot prove to
// be alone. An asset has hundreds of events, so the state of a reader is not a property. Each reader conforms by
// itself, and not as a generic class would: the witnesses of those look up the state's type for each event.

internal import JSONEvents

/// What the events of a parser change.
protocol EventState {
  mutating func open(isObject: Bool, at offset: Int)
  mutating func close(at offset: Int)
  mutating func key(_ value: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>)
  mutating func string(_ value: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>)
  mutating func oversizedString(isKey: Bool, at range: Range<Int>)
  mutating func scalar(_ field: Field, _ range: Range<Int>)
}

/// Memory of its own for a state.
// Safe to use: made in init, freed in deinit, and never given away. No access overlaps another: a reader belongs to
// one worker, and the methods of its state call nobody who knows the reader.
@safe
struct EventStateBox<State>: ~Copyable {
  private let state: UnsafeMutablePointer<State>

  init(_ initial: State) {
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: initial)
  }

  deinit {
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
  }

  func with<Result>(_ body: (inout State) -> Result) -> Result { unsafe body(&state.pointee) }
}

/// A reader that is nothing but its state.
protocol EventReader: JSONEventHandler {
  associatedtype State: EventState

  func with<Result>(_ body: (inout State) -> Result) -> Result
}

extension EventReader {
  func startObject(at offset: Int) { with { $0.open(isObject: true, at: offset) } }
  func startArray(at offset: Int) { with { $0.open(isObject: false, at: offset) } }
  func endObject(at offset: Int) { with { $0.close(at: offset) } }
  func endArray(at offset: Int) { with { $0.close(at: offset) } }

  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    with { $0.key(value, loneSurrogate: loneSurrogate, at: range) }
  }

  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    with { $0.string(value, loneSurrogate: loneSurrogate, at: range) }
  }

  func oversizedString(isKey: Bool, at range: Range<Int>) {
    with { $0.oversizedString(isKey: isKey, at: range) }
  }

  func number(_ raw: Span<UInt8>, at range: Range<Int>) { with { $0.scalar(.other, range) } }
  func oversizedNumber(at range: Range<Int>) { with { $0.scalar(.other, range) } }
  func boolean(_ value: Bool, at range: Range<Int>) { with { $0.scalar(.other, range) } }
  func null(at range: Range<Int>) { with { $0.scalar(.null, range) } }
}
