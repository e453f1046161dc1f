using System.Globalization;
using Microsoft.AspNetCore.Http;
using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>Answers the queries of operators.</summary>
internal sealed class AdminQueries(IClusterAdmin admin, ICluster cluster, AdminFeed feed)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1000;

    public async Task ServersAsync(HttpContext context) =>
        await AdminAnswer.WriteAsync(context, await feed.ReadAsync(context.RequestAborted).ConfigureAwait(false), AdminJson.Default.AdminServers).ConfigureAwait(false);

    /// <summary>
    /// Returns a page of rooms. Parameters: <c>prefix</c> of the names, <c>after</c> (the last name of the previous page),
    /// <c>limit</c> (the maximum number of rooms).
    /// </summary>
    public async Task RoomsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var prefix = query["prefix"].ToString();
        string? after = query["after"];
        var most = ReadNumber(query, "limit", DefaultPage, 1, MaxPage);
        var rooms = new List<ClusterRoom>(most);
        // Names that begin with the prefix are ordered after the prefix itself.
        if (prefix.Length > 0 && string.IsNullOrEmpty(after))
        {
            after = prefix;
            if (await admin.FindRoomAsync(prefix, context.RequestAborted).ConfigureAwait(false) is { } exact)
                rooms.Add(exact);
        }

        var page = await cluster.ReadRoomsAsync(string.IsNullOrEmpty(after) ? null : after, most, context.RequestAborted).ConfigureAwait(false);
        var matching = page.TakeWhile(room => room.Name.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
        rooms.AddRange(matching.Take(most - rooms.Count));
        await AdminAnswer.WriteAsync(context, new AdminRooms(rooms, rooms.Count == most && matching.Length > 0), AdminJson.Default.AdminRooms).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns a page of connections. Parameters: the filters <c>server</c>, <c>room</c>, <c>text</c> and <c>slow</c>;
    /// <c>after</c> (the last id of the previous page), <c>limit</c> (the maximum number of connections).
    /// </summary>
    public async Task ConnectionsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var filter = new ClusterConnectionFilter { Server = NullIfEmpty(query["server"]), Room = NullIfEmpty(query["room"]), Text = NullIfEmpty(query["text"]), IsSlow = query["slow"] == "true" };
        var most = ReadNumber(query, "limit", DefaultPage, 1, MaxPage);
        var after = ReadNumber(query, "after", 0, 0, int.MaxValue);
        var page = await admin.ReadConnectionsAsync(filter, after, most, context.RequestAborted).ConfigureAwait(false);
        await AdminAnswer.WriteAsync(context, new AdminConnections(page, page.Count == most), AdminJson.Default.AdminConnections).ConfigureAwait(false);
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;

    /// <summary>Reads a number from the query.</summary>
    /// <exception cref="BadHttpRequestException">The value is not a number in the range.</exception>
    private static int ReadNumber(IQueryCollection query, string name, int fallback, int least, int most)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new BadHttpRequestException($"'{name}' must be a number from {least} to {most}.");
    }
}
