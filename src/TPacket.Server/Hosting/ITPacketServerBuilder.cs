using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Server;

/// <summary>Extends a tPacket server. <c>AddTPacketServer</c> returns the builder. Packages and applications add extension methods to this interface.</summary>
public interface ITPacketServerBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Handles a command with a class; its constructor takes services.</summary>
    /// <remarks>
    /// If the constructor takes only singletons, the server creates one instance, even if the class handles several commands.
    /// If the class is registered as scoped or transient, or its constructor takes a scoped service such as a DbContext,
    /// the server creates an instance for each packet, from <see cref="CommandContext.Services"/>.
    /// </remarks>
    /// <typeparam name="THandler">The class.</typeparam>
    /// <param name="command">
    /// 256 or more for a command of the application; 64 to 127 for a command of a game; 0 to 8 to replace the handler
    /// of a command of the original protocol. <see cref="CommandContext"/> has the calls of the built-in handlers.
    /// </param>
    /// <param name="scope">The scope in which no other handler runs at the same time.</param>
    /// <param name="inline">
    /// True if the handler never blocks its thread: it may then run on the thread that reads the sockets. False to run the handler on the thread pool.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The command is reserved.</exception>
    ITPacketServerBuilder AddCommand<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(int command, CommandScope scope = CommandScope.Room, bool inline = false)
        where THandler : class, ICommandHandler;

    /// <summary>Handles a command with a lambda.</summary>
    /// <param name="command">
    /// 256 or more for a command of the application; 64 to 127 for a command of a game; 0 to 8 to replace the handler
    /// of a command of the original protocol. <see cref="CommandContext"/> has the calls of the built-in handlers.
    /// </param>
    /// <param name="handle">Handles a packet; see <see cref="ICommandHandler.HandleAsync"/>.</param>
    /// <param name="scope">The scope in which no other handler runs at the same time.</param>
    /// <param name="inline">
    /// True if the handler never blocks its thread: it may then run on the thread that reads the sockets. False to run the handler on the thread pool.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The command is reserved.</exception>
    ITPacketServerBuilder AddCommand(int command, Func<CommandContext, ValueTask> handle, CommandScope scope = CommandScope.Room, bool inline = false);

    /// <summary>Adds a filter around the handling of every packet, inside the filters that were added before.</summary>
    /// <remarks>The server creates instances as for a handler: one, or one for each packet if the constructor takes scoped services.</remarks>
    /// <typeparam name="TFilter">The class.</typeparam>
    /// <param name="inline">
    /// True if the filter never blocks its thread. If any filter is added with false, the server handles every packet on the thread pool.
    /// </param>
    ITPacketServerBuilder AddFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>(bool inline = false)
        where TFilter : class, IPacketFilter;

    /// <summary>Adds a lambda as a filter around the handling of every packet, inside the filters that were added before.</summary>
    /// <param name="invoke">Handles a packet or passes it on; see <see cref="IPacketFilter.InvokeAsync"/>.</param>
    /// <param name="inline">
    /// True if the filter never blocks its thread. If any filter is added with false, the server handles every packet on the thread pool.
    /// </param>
    ITPacketServerBuilder AddFilter(Func<CommandContext, PacketDelegate, ValueTask> invoke, bool inline = false);
}
