namespace TPacket.Server.Rules.State;

/// <summary>The state of a checkpoint, for <see cref="RulesReplica.OnCheckpoint"/>.</summary>
/// <param name="State">The state.</param>
/// <param name="Events">The number of events before the state.</param>
internal readonly record struct WrittenState(object State, long Events);
