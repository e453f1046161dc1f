using System.Diagnostics.CodeAnalysis;
using TPacket.Server.Hosting;

namespace TPacket.Server.Commands;

/// <summary>A handler with one instance per packet, created in the scope of the packet.</summary>
internal sealed class ScopedCommandHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(ScopedFactory<T> factory) : ICommandHandler
    where T : class, ICommandHandler
{
    public async ValueTask HandleAsync(CommandContext context) => await factory.CallAsync(
        context.Services,
        async handler =>
        {
            await handler.HandleAsync(context).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
}
