namespace TPacket.Server;

/// <summary>
/// Names the database of a store, for tracing. A store of rooms, sessions or user ids implements this interface as well if it calls a database.
/// The engine then records the calls of the store as activities of the kind Client, and otherwise as activities of the kind Internal. Thread-safe.
/// </summary>
public interface IDatabaseStore
{
    /// <summary>
    /// The value of <c>db.system.name</c> in OpenTelemetry's conventions, such as <c>redis</c>, <c>sqlite</c> or <c>postgresql</c>. Never changes.
    /// </summary>
    string SystemName { get; }
}
