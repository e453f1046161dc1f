namespace TPacket.Server.Diagnostics;

/// <summary>What has happened since the start, for those who ask the server itself and not the meter.</summary>
internal sealed class ServerTotals
{
    public StripedCount PacketsHandled { get; } = new();

    public StripedCount PacketsDelivered { get; } = new();

    public StripedCount PacketsRefused { get; } = new();

    public StripedCount ConnectionsRefused { get; } = new();

    public StripedCount SlowConsumersEnded { get; } = new();
}
