using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Hosting;

namespace TPacket.Server.Commands;

/// <summary>Every command's way: the filters, then its handler. Built once, with the server.</summary>
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
            var way = Surround(last.Create(parts).HandleAsync, around);
            routes.Add(last.Command, new CommandRoute(last.Scope, CountsForRoom(last, options.Value), inlineFilters && last.Inline ? way : MayBlock(way)));
        }

        _routes = routes.ToFrozenDictionary();
        _unknown = Refuse(PacketErrorCode.UnknownCommand, "Unknown command.");
        NickRequired = Refuse(PacketErrorCode.NickRequired, "Set a nick first.");

        CommandRoute Refuse(PacketErrorCode code, string text)
        {
            var way = Surround(context => Answer(context, code, text), around);
            return new CommandRoute(CommandScope.Client, false, inlineFilters ? way : MayBlock(way));
        }
    }

    /// <summary>The way of a packet that a nick has to come before.</summary>
    public CommandRoute NickRequired { get; }

    public CommandRoute this[int command] => _routes.TryGetValue(command, out var route) ? route : _unknown;

    /// <summary>Whether a member's packets of a command make the room deliver something: handlers in the scope of the room, messages, and changes of nick and room where a member may make them.</summary>
    private static bool CountsForRoom(CommandRegistration registration, TPacketServerOptions options) => registration.Scope == CommandScope.Room || (PacketCommand)registration.Command switch
    {
        PacketCommand.NewMsg => true,
        PacketCommand.SetUserNick => options.AllowNickChange,
        PacketCommand.SetRoom => options.AllowRoomChange,
        _ => false,
    };

    private static PacketDelegate Surround(PacketDelegate handler, IPacketFilter[] filters)
    {
        var way = handler;
        foreach (var filter in filters.Reverse())
        {
            var next = way;
            way = context => filter.InvokeAsync(context, next);
        }

        return way;
    }

    private static PacketDelegate MayBlock(PacketDelegate way) =>
        context => OffLoop.RunAsync(static call => call.way(call.context), (way, context));

    private static ValueTask Answer(CommandContext context, PacketErrorCode code, string text)
    {
        context.ReplyError(code, text);
        return default;
    }
}
