namespace TPacket.Server;

/// <summary>
/// Names the database of a store, for tracing. A store of rooms, sessions or user ids implements it in addition to its own interface if its calls are calls of a database; the engine then records them as activities of kind
/// Client, and otherwise of kind Internal. Thread-safe.
/// </summary>
public interface IDatabaseStore
{
    /// <summary>The value of <c>db.system.name</c> in OpenTelemetry's conventions, such as <c>redis</c>, <c>sqlite</c> or <c>postgresql</c>. Never changes.</summary>
    string SystemName { get; }
}
