namespace TPacket.Server.Commands;

/// <summary>A filter that is a lambda.</summary>
internal sealed class DelegatePacketFilter(Func<CommandContext, PacketDelegate, ValueTask> invoke) : IPacketFilter
{
    public ValueTask InvokeAsync(CommandContext context, PacketDelegate next) => invoke(context, next);
}
