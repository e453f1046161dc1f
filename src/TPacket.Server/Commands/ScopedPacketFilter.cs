using System.Diagnostics.CodeAnalysis;
using TPacket.Server.Hosting;

namespace TPacket.Server.Commands;

/// <summary>A filter with one instance per packet, created in the scope of the packet.</summary>
internal sealed class ScopedPacketFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(ScopedFactory<T> factory) : IPacketFilter
    where T : class, IPacketFilter
{
    public async ValueTask InvokeAsync(CommandContext context, PacketDelegate next) => await factory.CallAsync(
        context.Services,
        async filter =>
        {
            await filter.InvokeAsync(context, next).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
}
