namespace TPacket.Server.Commands;

/// <summary>A filter that calls a delegate.</summary>
internal sealed class DelegatePacketFilter(Func<CommandContext, PacketDelegate, ValueTask> invoke) : IPacketFilter
{
    public ValueTask InvokeAsync(CommandContext context, PacketDelegate next) => invoke(context, next);
}
