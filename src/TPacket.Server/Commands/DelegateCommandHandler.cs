namespace TPacket.Server.Commands;

/// <summary>A handler that is a lambda.</summary>
internal sealed class DelegateCommandHandler(Func<CommandContext, ValueTask> handle) : ICommandHandler
{
    public ValueTask HandleAsync(CommandContext context) => handle(context);
}
