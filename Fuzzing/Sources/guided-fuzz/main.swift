// libFuzzer around the checks of FuzzChecks. Which of them is told by SLUICE_FUZZ_TARGET and not by an
// argument, since libFuzzer reads the arguments, and starts this program again with them to make a find
// smaller.

import CLibFuzzer
import FuzzChecks
import Glibc

enum Chosen {
  static let target: FuzzTarget = {
    // The string is copied before anybody could change the environment.
    let name = unsafe getenv("SLUICE_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
      let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
      fatalError("SLUICE_FUZZ_TARGET must be one of \(names)")
    }
    return target
  }()
}

_ = Chosen.target
// Without this the runtime's own reports of crashes would keep them from libFuzzer.
for number in [SIGILL, SIGTRAP, SIGABRT] { signal(number, SIG_DFL) }
var count = CommandLine.argc
var arguments = unsafe CommandLine.unsafeArgv
let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
  // libFuzzer keeps the bytes for the call.
  let input = unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  if let find = Chosen.target.check(input) {
    // The message of a fatal error is cut off after some hundred bytes.
    print("\(Chosen.target.rawValue): \(find)")
    fflush(nil)
    fatalError("a find")
  }
  return 0
}
exit(status)
