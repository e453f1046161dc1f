namespace TPacket.Server.Diagnostics;

/// <summary>Totals since the start, which the admin API reads without a meter listener.</summary>
internal sealed class ServerTotals
{
    public StripedCount PacketsHandled { get; } = new();

    public StripedCount PacketsDelivered { get; } = new();

    public StripedCount PacketsRefused { get; } = new();

    public StripedCount ConnectionsRefused { get; } = new();

    public StripedCount SlowConsumersEnded { get; } = new();
}
