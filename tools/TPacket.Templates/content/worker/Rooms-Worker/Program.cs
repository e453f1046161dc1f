using Rooms_Worker;

await RoomServer.Create(args).RunAsync();
