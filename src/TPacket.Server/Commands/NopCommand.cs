namespace TPacket.Server.Commands;

/// <summary>NOP: ignored.</summary>
internal sealed class NopCommand : ICommandHandler
{
    public ValueTask HandleAsync(CommandContext context) => default;
}
