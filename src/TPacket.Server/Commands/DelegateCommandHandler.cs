namespace TPacket.Server.Commands;

/// <summary>A handler that calls a delegate.</summary>
internal sealed class DelegateCommandHandler(Func<CommandContext, ValueTask> handle) : ICommandHandler
{
    public ValueTask HandleAsync(CommandContext context) => handle(context);
}
