using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server;

/// <summary>Extends a tPacket server. Returned by <c>AddTPacketServer</c>. Packages and applications add to it by extension methods.</summary>
public interface ITPacketServerBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Handles a command with a class, which is created once, with the server; its constructor takes services.</summary>
    /// <param name="command">
    /// 256 or more for an application's own; 64 to 127 for those of games; or one of the original protocol, 0 to 8, whose handler is replaced. What the built-in handlers do, <see cref="CommandContext"/> offers to others.
    /// </param>
    /// <param name="scope">What the handler has to itself while it runs.</param>
    /// <param name="inline">Whether the handler never blocks a thread. It may then run on the thread that reads the sockets; otherwise it runs on the thread pool.</param>
    /// <exception cref="ArgumentOutOfRangeException">The command is reserved.</exception>
    ITPacketServerBuilder AddCommand<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(int command, CommandScope scope = CommandScope.Room, bool inline = false)
        where THandler : class, ICommandHandler;

    /// <summary>Handles a command with a lambda.</summary>
    /// <param name="command">
    /// 256 or more for an application's own; 64 to 127 for those of games; or one of the original protocol, 0 to 8, whose handler is replaced. What the built-in handlers do, <see cref="CommandContext"/> offers to others.
    /// </param>
    /// <param name="handle">Handles a packet; see <see cref="ICommandHandler.HandleAsync"/>.</param>
    /// <param name="scope">What the handler has to itself while it runs.</param>
    /// <param name="inline">Whether the handler never blocks a thread. It may then run on the thread that reads the sockets; otherwise it runs on the thread pool.</param>
    /// <exception cref="ArgumentOutOfRangeException">The command is reserved.</exception>
    ITPacketServerBuilder AddCommand(int command, Func<CommandContext, ValueTask> handle, CommandScope scope = CommandScope.Room, bool inline = false);

    /// <summary>Puts a filter around every packet, inside of those that were added before.</summary>
    /// <param name="inline">Whether the filter never blocks a thread. One that may takes every packet to the thread pool.</param>
    ITPacketServerBuilder AddFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>(bool inline = false)
        where TFilter : class, IPacketFilter;

    /// <summary>Puts a filter that is a lambda around every packet, inside of those that were added before.</summary>
    /// <param name="invoke">Handles a packet on its way; see <see cref="IPacketFilter.InvokeAsync"/>.</param>
    /// <param name="inline">Whether the filter never blocks a thread. One that may takes every packet to the thread pool.</param>
    ITPacketServerBuilder AddFilter(Func<CommandContext, PacketDelegate, ValueTask> invoke, bool inline = false);
}
