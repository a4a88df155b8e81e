// Sizes are read as `sluice` reads them.

import ArgumentParser
import Storage

extension ByteSize: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}
