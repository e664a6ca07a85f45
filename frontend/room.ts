/** The script of the room's page, beside that of every page. */
import './page/page'

import { Room } from './room/room'

const element = document.getElementById('room')
if (element?.dataset.socket) new Room(element)
