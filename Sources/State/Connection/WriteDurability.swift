/// What a write outlives. Any write outlives the process that made it.
enum WriteDurability: Sendable {
    /// Also a power failure at the moment after it: what an operator typed, and what was done elsewhere.
    case againstPowerFailure
    /// No power failure before the next durable write: what can be found out again, without a wait for the disk. Those before
    /// it are kept in their order: the database is never half of anything.
    case untilNextDurableWrite
}
