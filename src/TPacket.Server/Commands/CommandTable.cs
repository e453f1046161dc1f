using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Hosting;

namespace TPacket.Server.Commands;

/// <summary>The routes of all commands. Created once, with the server.</summary>
internal sealed class CommandTable
{
    private readonly FrozenDictionary<int, CommandRoute> _routes;
    private readonly CommandRoute _unknown;

    public CommandTable(
        IEnumerable<CommandRegistration> commands, IEnumerable<FilterRegistration> filters, ServerParts parts, IOptions<TPacketServerOptions> options)
    {
        FilterRegistration[] registered = [.. filters];
        IPacketFilter[] around = [.. registered.Select(filter => filter.Create(parts))];
        var inlineFilters = registered.All(static filter => filter.Inline);
        var routes = new Dictionary<int, CommandRoute>();
        foreach (var last in commands.GroupBy(static registration => registration.Command).Select(static same => same.Last()))
        {
            var step = Wrap(last.Create(parts).HandleAsync, around);
            routes.Add(last.Command, new CommandRoute(last.Scope, CountsForRoom(last, options.Value), inlineFilters && last.Inline ? step : RunOnThreadPool(step)));
        }

        _routes = routes.ToFrozenDictionary();
        _unknown = Refuse(PacketErrorCode.UnknownCommand, "Unknown command.");
        NickRequired = Refuse(PacketErrorCode.NickRequired, "Set a nick first.");

        CommandRoute Refuse(PacketErrorCode code, string text)
        {
            var step = Wrap(context => Answer(context, code, text), around);
            return new CommandRoute(CommandScope.Client, false, inlineFilters ? step : RunOnThreadPool(step));
        }
    }

    /// <summary>The route of a packet that requires a nick.</summary>
    public CommandRoute NickRequired { get; }

    public CommandRoute this[int command] => _routes.TryGetValue(command, out var route) ? route : _unknown;

    /// <summary>
    /// Returns whether a command can cause deliveries in the room: commands in the scope
    /// of the room, messages, and, if they are allowed, changes of nick and room.
    /// </summary>
    private static bool CountsForRoom(CommandRegistration registration, TPacketServerOptions options) => registration.Scope == CommandScope.Room || (PacketCommand)registration.Command switch
    {
        PacketCommand.NewMsg => true,
        PacketCommand.SetUserNick => options.AllowNickChange,
        PacketCommand.SetRoom => options.AllowRoomChange,
        _ => false,
    };

    private static PacketDelegate Wrap(PacketDelegate handler, IPacketFilter[] filters)
    {
        var step = handler;
        foreach (var filter in filters.Reverse())
        {
            var next = step;
            step = context => filter.InvokeAsync(context, next);
        }

        return step;
    }

    private static PacketDelegate RunOnThreadPool(PacketDelegate step) =>
        context => ThreadPoolDispatcher.RunAsync(static call => call.step(call.context), (step, context));

    private static ValueTask Answer(CommandContext context, PacketErrorCode code, string text)
    {
        context.ReplyError(code, text);
        return default;
    }
}
