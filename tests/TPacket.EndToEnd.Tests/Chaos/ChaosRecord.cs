namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The whole record of a run.</summary>
/// <param name="Logs">The logs of the rooms, from their first event to their last, by the rooms' names.</param>
/// <param name="Clients">The records of the clients.</param>
/// <param name="Connections">The connections that have passed the proxies.</param>
internal sealed record ChaosRecord(IReadOnlyDictionary<string, RoomLog> Logs, IReadOnlyList<ClientRecord> Clients, IReadOnlyList<WireConnection> Connections);
