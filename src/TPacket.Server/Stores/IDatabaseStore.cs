namespace TPacket.Server;

/// <summary>
/// Names the database of a store, for tracing. A store of rooms, sessions or user ids implements it beside its own interface where each of its calls is one to a database. Calls of other stores are recorded as activities of kind
/// Internal. Thread-safe.
/// </summary>
public interface IDatabaseStore
{
    /// <summary>The value of <c>db.system.name</c> by OpenTelemetry's conventions, such as <c>redis</c>, <c>sqlite</c> or <c>postgresql</c>. Never changes.</summary>
    string SystemName { get; }
}
