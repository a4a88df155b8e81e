// What misleads a reader that looks for bytes where it should follow the structure. Only on request: duplicate
// keys and 40-digit numbers are valid JSON, but several lake engines refuse them.

extension Composer {
  /// One of four members that look like an asset's own.
  mutating func trapMember(_ number: Int, _ bits: UInt64) {
    switch number {
    case 0: text("stage", "Complete")
    case 1:
      out.key("batches")
      array(1) { composer, _ in composer.out.string("rain") }
    case 2:
      out.key("task")
      object(2) { composer, member in
        composer.text(member == 0 ? "stage" : "stageId", "Complete")
      }
    default:
      out.key("note")
      trapText(bits)
    }
  }

  /// Text full of the structure's own characters.
  mutating func trapText(_ bits: UInt64) {
    switch bits >> 33 & 7 {
    case 0: out.string("{\\\"stage\\\":\\\"Complete\\\",\\\"batches\\\":[\\\"rain\\\"]}")
    case 1: out.string("]}]}]}]}\\\\\\\\\\\"")
    case 2: out.string("\\\\")
    case 3: out.string("\\\\\\\\\\\\\\\"[[[[{{{{")
    case 4: out.string("\\\"title\\\":\\\"Car\\\"},{\\\"title\\\":\\\"Car\\\"")
    case 5: out.string("\\u007b\\u0022stage\\u0022\\u003a\\/\\b\\f\\n\\r\\t 🚗 \\ud83d\\ude97")
    case 6: out.string("'stage':'Complete', \u{7F}\u{85}\u{2028}\u{FEFF}")
    default: out.string("")
    }
  }

  /// Free-form data with long numbers, deep nesting and keys that mean nothing here.
  mutating func trapContext(_ bits: UInt64) {
    object(8) { composer, member in
      switch member {
      case 0: composer.trapNumbers(bits)
      case 1:
        composer.out.key("deep")
        composer.deep(Int(bits >> 36 & 31), bits)
      case 2:
        composer.out.key("")
        composer.trapText(bits >> 1)
      case 3:
        composer.out.key("}],\\\"task\\\":{")
        composer.trapText(bits >> 2)
      case 4:
        composer.out.key("tools")
        composer.array(2) { composer, _ in
          composer.object(1) { composer, _ in composer.text("title", "Truck") }
        }
      case 5: composer.trapMember(0, bits)
      case 6: composer.text("stage", "Review")
      default: composer.null("tasks")
      }
    }
  }

  private mutating func trapNumbers(_ bits: UInt64) {
    out.key("numbers")
    array(7) { composer, index in
      switch index {
      case 0: composer.out.raw("-0")
      case 1: composer.out.raw("-0.0e-0")
      case 2: composer.out.raw("123456789012345678901234567890123456789")
      case 3: composer.out.raw("0.1000000000000000055511151231257827021181583404541015625")
      case 4: composer.out.raw("1E+2")
      case 5: composer.out.raw("18446744073709551616")
      default:
        composer.out.digits(bits % 9_000_000_000 + 1_000_000_000, count: 10)
        composer.out.raw(".")
        composer.out.digits(bits >> 4 & 0xFF_FFFF, count: 19)
        composer.out.raw("e+11")
      }
    }
  }

  private mutating func deep(_ levels: Int, _ bits: UInt64) {
    guard levels > 0 else { return trapText(bits) }
    if levels & 1 == 0 {
      array(1) { composer, _ in composer.deep(levels - 1, bits) }
    } else {
      object(1) { composer, _ in
        composer.out.key("classifications")
        composer.deep(levels - 1, bits)
      }
    }
  }
}
