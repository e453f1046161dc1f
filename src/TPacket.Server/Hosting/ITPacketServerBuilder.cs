using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server;

/// <summary>Extends a tPacket server. Returned by <c>AddTPacketServer</c>. Packages and applications add to it by extension methods.</summary>
public interface ITPacketServerBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Handles a command with a class; its constructor takes services.</summary>
    /// <remarks>
    /// A class whose constructor takes only singletons is created once, with the server, however many commands it handles. A class that is registered as scoped or transient, or whose constructor takes a scoped service, such as
    /// a DbContext, is created for each command, from <see cref="CommandContext.Services"/>. Several commands of one class then share nothing.
    /// </remarks>
    /// <typeparam name="THandler">The class.</typeparam>
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
    /// <remarks>The filter is created once, or for each packet where it takes scoped services, as a handler is.</remarks>
    /// <typeparam name="TFilter">The class.</typeparam>
    /// <param name="inline">Whether the filter never blocks a thread. One that may takes every packet to the thread pool.</param>
    ITPacketServerBuilder AddFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>(bool inline = false)
        where TFilter : class, IPacketFilter;

    /// <summary>Puts a filter that is a lambda around every packet, inside of those that were added before.</summary>
    /// <param name="invoke">Handles a packet on its way; see <see cref="IPacketFilter.InvokeAsync"/>.</param>
    /// <param name="inline">Whether the filter never blocks a thread. One that may takes every packet to the thread pool.</param>
    ITPacketServerBuilder AddFilter(Func<CommandContext, PacketDelegate, ValueTask> invoke, bool inline = false);
}
